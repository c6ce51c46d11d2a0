/* offload.h: a run whose passes go through the model on another device than the CPU. */
#ifndef NETC_RUNTIME_OFFLOAD_H
#define NETC_RUNTIME_OFFLOAD_H

#include "core.h"

/* What nc_device sets as run->offload: how the run's passes go through the model elsewhere. Core names no function of
 * gpu/, so that a trainer without a device does not link it. */
struct nc_offload {
    void (*open)(struct nc_run *run);    /* the device that the run asks for, and sets run->gpu; then */
    void (*prepare)(struct nc_run *run); /* takes memory there and compiles the kernels. Both end the program where that
                                          * can't be had */
    void (*release)(struct nc_run *run);
    void (*push)(struct nc_run *run);    /* the parameters and the optimizer's state to the device */
    void (*pull)(struct nc_run *run);    /* and back, where they have become newer there */
    void (*step)(struct nc_pass *pass);  /* begins with it: forward, backward and, if the loss is finite, the update */
    int (*room)(const struct nc_run *run); /* so many steps may be begun until their scores are asked for */
    /* That of the oldest step that has not been asked for: waits. 0: there is none. Where the loss is not finite, the
     * step's batch is that of the pass again, and nothing has been learned since. */
    int (*score)(struct nc_pass *pass, struct nc_score *score);
    struct nc_score (*gradients)(struct nc_pass *pass); /* these go to where nc_gradient_at looks */
    void (*evaluate)(struct nc_pass *pass);             /* leaves what nc_pass_run leaves */
};

/* They do nothing where the run is on the CPU. */
void nc_offload_open(struct nc_run *run);
void nc_offload_prepare(struct nc_run *run);
void nc_offload_release(struct nc_run *run);
void nc_offload_push(struct nc_run *run);
void nc_offload_pull(struct nc_run *run);

#endif
