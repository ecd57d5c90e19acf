"""Who works where: people, organisations and workplaces on the units of a plan, at any moment."""
