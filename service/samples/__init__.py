"""Sample stories for ``copydesk demo``: one that was published with faults, and three written for this purpose."""
