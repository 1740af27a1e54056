"""How a typed text becomes HTML. Used through ``hub.markup`` alone; knows no database."""
