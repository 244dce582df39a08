"""What is kept in DynamoDB, and the secrets: the only room that knows how an item is written."""
