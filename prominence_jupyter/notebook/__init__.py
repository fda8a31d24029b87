"""Jobs on the screen: live panels and records in a notebook, plain lines in a terminal. Only this folder displays."""
