"""Where events, decisions and what is computed from them are kept. One port, two stores."""
