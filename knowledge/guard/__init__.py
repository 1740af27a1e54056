"""What must not be answered, and text that gives orders to a machine. See ``declining`` and
``instructions``; all of it is rules over words, so that every refusal can be explained."""
