"""What several studies say together, and whether it is enough: plain Python that knows neither Django nor the register."""
