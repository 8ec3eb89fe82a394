"""What the service holds through: kills, a store that goes away, a full disk, many clients, millions of events."""
