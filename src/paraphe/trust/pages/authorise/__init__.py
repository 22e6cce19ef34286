"""The holder confirms a signature: who asks, what is signed, the code by SMS."""
