"""What the pages share: the shell, the controls, the visitor's scenario and the caches."""
