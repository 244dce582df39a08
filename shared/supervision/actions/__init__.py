"""What is done on a call: dial, leave, hang up, plan; and what looks after it: the guard and the watcher."""
