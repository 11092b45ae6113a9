# things to ask on Tuesday: why is the posterior std 0 at t = 0?
