// The specialization constants that every program of ops/dispatch.h has: its local size, and whether that is exactly one
// subgroup (CPU devices), so that sums need no barriers.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const bool ONE_SUBGROUP = false;
