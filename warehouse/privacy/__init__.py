"""Privacy: a person in, everything hetk keeps about that person gone, with proof, out."""
