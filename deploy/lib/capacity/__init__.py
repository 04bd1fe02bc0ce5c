"""What a street, a district and a city need of machines: measured here, or worked out from that."""
