"""The pure rules: who is who on a call, who hears whom, what may be dialled. No AWS, HTTP or clock."""
