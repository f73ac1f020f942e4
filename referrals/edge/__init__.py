"""The request path of `/r/<code>`: redirect, link cache, bots, visitor ids."""
