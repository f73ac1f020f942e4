"""Reading the community. Everything a person sees goes through `visible_to` or `listed_for`."""
