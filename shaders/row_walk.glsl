// How a workgroup walks rows: a row at a time, its columns spread over the lanes; or, with LANE_A_ROW (many rows on a CPU
// device), a row a lane, so that no sum crosses lanes. Needs reduce.glsl and LANE_A_ROW.
#define FOR_EACH_ROW(row, rows) \
  const uint rowStep_ = LANE_A_ROW ? gl_NumWorkGroups.x * gl_WorkGroupSize.x : gl_NumWorkGroups.x; \
  for (uint row = LANE_A_ROW ? gl_GlobalInvocationID.x : gl_WorkGroupID.x; row < (rows); row += rowStep_)
#define FOR_EACH_COLUMN4(c, columns) \
  for (uint c = LANE_A_ROW ? 0u : gl_LocalInvocationID.x * 4u; c < (columns); c += LANE_A_ROW ? 4u : gl_WorkGroupSize.x * 4u)
#define ROW_SUM(v) (LANE_A_ROW ? (v) : groupSum(v))
