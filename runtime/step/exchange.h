/* exchange.h: what the processes that share a pass tell each other of its samples and of its gradients. Only passes
 * that are shared have an exchange. */
#ifndef NC_STEP_EXCHANGE_H
#define NC_STEP_EXCHANGE_H

#include "core.h"

void nc_exchange_prepare(struct nc_pass *pass);
void nc_exchange_free(struct nc_pass *pass);

/* Behind phases `first` to `end`: begins to gather what they left of this process's samples. Before them: waits for
 * what they sum of all samples. */
void nc_exchange_gather(struct nc_pass *pass, const struct nc_phase *first, const struct nc_phase *end);
void nc_exchange_wait(struct nc_pass *pass, const struct nc_phase *first, const struct nc_phase *end);

/* Lets what is under way go on; the main thread calls it between tasks. */
void nc_exchange_go_on(struct nc_pass *pass);

/* Of a phase whose parts are shared out: the number of the part at `index` in the order of the ranks, of which each
 * has a stretch; where that part is left, for all to be told; begins to tell. A phase that is not is NULL to
 * nc_exchange_parts. */
const struct nc_shared_out *nc_exchange_parts(const struct nc_pass *pass, const struct nc_phase *phase);
int nc_exchange_number(const struct nc_pass *pass, const struct nc_shared_out *of, int index);
float *nc_exchange_part(const struct nc_pass *pass, const struct nc_shared_out *of, int index);
void nc_exchange_tell(struct nc_pass *pass, const struct nc_shared_out *of);

/* Waits for all parts that were told of, and learns from them. */
void nc_exchange_learn(struct nc_pass *pass);

#endif
