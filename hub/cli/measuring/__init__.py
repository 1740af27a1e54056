"""What ``flask benchmark`` measures, one file a section."""
