"""Study of draws that columns share."""
