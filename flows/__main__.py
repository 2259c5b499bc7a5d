"""`python -m flows` is `berry`."""

from flows.cli import main

main()
