"""What the lecture writes down: layers, activations, losses and their definitions; SymPy in and out."""
