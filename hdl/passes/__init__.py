"""Monte-Carlo passes: repeaters and mask sequencing."""
