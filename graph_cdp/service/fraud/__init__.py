"""The use case of looking for signs of fraud: what is read, what is looked at again, what goes into the queue."""
