/* sum.h: the sum of all shards' gradients, where several processes have some of the shards each. */
#ifndef NC_STEP_SUM_H
#define NC_STEP_SUM_H

#include "core.h"

void nc_sum_prepare(struct nc_run *run);
void nc_sum_free(struct nc_run *run);

/* A batch begins, of so many shards. */
void nc_sum_begin(struct nc_run *run, int shards);

/* The phases in front of number `phase` are done: takes what is whole by now, and has come, a step further. */
void nc_sum_advance(struct nc_run *run, int phase);

/* The sum, [model->sharded], in the order of the shards: where it will be; waits until it is there. */
const float *nc_sum_place(const struct nc_run *run);
void nc_sum_finish(struct nc_run *run);

#endif
