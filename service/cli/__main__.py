"""``python -m service.cli``: how the supervisor starts the other parts with its own interpreter."""

from service.cli.main import main

main()
