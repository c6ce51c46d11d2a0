/* gpu.h: a device that runs kernels, as opencl.c and cuda.c have it, and the run that uses it. */
#ifndef NETC_RUNTIME_GPU_H
#define NETC_RUNTIME_GPU_H

#include "run/offload.h"

/* An open device. Each kind begins its own structure with this one. */
struct nc_gpu {
    const struct nc_gpu_kind *kind;
    const struct nc_run *run; /* for messages */
    char name[160];           /* "NVIDIA H100" */
    long long memory;         /* bytes that it has; */
    long long most;           /* and that one block may have */
};

/* A place in a block. */
struct nc_gpu_place {
    void *block;
    long long offset, bytes; /* and how many bytes of the block there are from it on */
};

enum { NC_GPU_WHY = 4096 };

/* What is done on a device. But for `open` and `build` each function ends the program with a message where it fails. */
struct nc_gpu_kind {
    const char *name; /* "opencl" */

    /* Device `number`, from 0. NULL, with a sentence in why[NC_GPU_WHY]. */
    struct nc_gpu *(*open)(const struct nc_run *run, int number, char *why);
    void (*close)(struct nc_gpu *gpu);

    /* Zeroed memory. NULL: there is not so much. */
    void *(*allocate)(struct nc_gpu *gpu, long long bytes);
    void (*upload)(struct nc_gpu *gpu, const struct nc_gpu_place *to, const void *from, long long bytes);
    void (*download)(struct nc_gpu *gpu, const struct nc_gpu_place *from, void *to, long long bytes);

    /* Compiles kernels. 1; or 0, with the compiler's words in why[NC_GPU_WHY]. */
    int (*build)(struct nc_gpu *gpu, const char *text, char *why);

    /* A kernel with its operands, ready to be launched again and again; then that, behind all that was launched before.
     * bind may be called once for each launch of a table. */
    void *(*bind)(struct nc_gpu *gpu, const char *kernel, int group, const struct nc_gpu_place *operands, int count);
    void (*launch)(struct nc_gpu *gpu, void *bound, long long groups, int samples);
};

extern const struct nc_gpu_kind nc_gpu_opencl, nc_gpu_cuda;

/* A run's device and what is there of the run: run->gpu, which is NULL where the run is on the CPU. */
struct nc_gpu_session {
    struct nc_gpu *gpu;
    const struct nc_device *device;
    void *block[NC_ON_COUNT];
    long long bytes[NC_ON_COUNT];
    void **train, **update, **test; /* bound launches */
    float *dense;                   /* [device->block] */
    unsigned char *samples;         /* [capacity] */
    float *numbers, *results;
    float *outputs; /* [most] samples of an evaluation */
    int most;
    const struct nc_data *pixels_of; /* whose pixels are there */
    int newer;                      /* parameters there are newer than the run's */
};

/* Forward and backward of a pass, whose samples are gathered. */
struct nc_score nc_gpu_run(struct nc_pass *pass);

/* What struct nc_offload says of them: parameters.c, pass.c. */
void nc_gpu_push(struct nc_run *run);
void nc_gpu_pull(struct nc_run *run);
struct nc_score nc_gpu_step(struct nc_pass *pass);
struct nc_score nc_gpu_gradients(struct nc_pass *pass);
void nc_gpu_evaluate(struct nc_pass *pass);

#endif
