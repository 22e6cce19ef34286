"""E-mails and SMS: an outbox of sealed rows, carriers by setting."""
