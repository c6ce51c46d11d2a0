/* gpu.h: a device that runs kernels, as opencl.c and cuda.c have it, and the run that uses it. */
#ifndef NETC_RUNTIME_GPU_H
#define NETC_RUNTIME_GPU_H

#include "run/offload.h"
#include "step/step.h"

/* An open device. Each kind begins its own structure with this one. */
struct nc_gpu {
    const struct nc_gpu_kind *kind;
    const struct nc_run *run; /* for messages */
    char name[160];           /* "NVIDIA H100" */
    long long memory;         /* bytes that it has; */
    long long left;           /* that are free, as far as is known; */
    long long most;           /* and that one block may have */
    int tensor_cores;         /* it has those of CUDA's compute capability 8.0 */
    struct nc_gpu_counts {    /* what it has been asked for: */
        long long launches, plays; /* kernels; recordings of them */
        long long there, back;     /* copies */
        long long waits;           /* until all was done */
    } counts;
};

/* A place in a block. */
struct nc_gpu_place {
    void *block;
    long long offset, bytes; /* and how many bytes of the block there are from it on */
};

enum { NC_GPU_WHY = 4096 };

/* "20.5 kB", "1.1 MB", "20.1 GB" */
struct nc_gpu_size {
    char text[32];
};

static inline struct nc_gpu_size nc_gpu_size(long long bytes)
{
    struct nc_gpu_size size;
    const double number = (double)bytes;
    if (bytes < 100000)
        snprintf(size.text, sizeof size.text, "%.1f kB", number * 1e-3);
    else
        snprintf(size.text, sizeof size.text, "%.1f %s", number * (bytes < 1000000000 ? 1e-6 : 1e-9),
                 bytes < 1000000000 ? "MB" : "GB");
    return size;
}

/* What is done on a device. But for `open` and `build` each function ends the program with a message where it fails. */
struct nc_gpu_kind {
    const char *name; /* "opencl" */

    /* Device `number`, from 0. NULL, with a sentence in why[NC_GPU_WHY]. */
    struct nc_gpu *(*open)(const struct nc_run *run, int number, char *why);
    void (*close)(struct nc_gpu *gpu);

    /* Zeroed memory of the device, NULL: there is not so much; and memory here that copies go to and come from. Both
     * are there until `close`. */
    void *(*allocate)(struct nc_gpu *gpu, long long bytes);
    void *(*host)(struct nc_gpu *gpu, long long bytes);

    /* Copies, each behind all that was asked for before. The memory here is the device's until `finish`, which waits
     * until all is done. */
    void (*upload)(struct nc_gpu *gpu, const struct nc_gpu_place *to, const void *from, long long bytes);
    void (*download)(struct nc_gpu *gpu, const struct nc_gpu_place *from, void *to, long long bytes);
    void (*finish)(struct nc_gpu *gpu);

    /* Whether there is what compiles the kernels, or they are compiled already. 0, with a sentence in why; NULL: the
     * device's own driver does it. */
    int (*compiles)(struct nc_gpu *gpu, char *why);

    /* Compiles kernels. 1; or 0, with the compiler's words in why[NC_GPU_WHY]. */
    int (*build)(struct nc_gpu *gpu, const char *text, char *why);

    /* A kernel with its operands, ready to be launched again and again; then that, behind all that was launched before.
     * bind may be called once for each launch of a table. */
    void *(*bind)(struct nc_gpu *gpu, const char *kernel, int group, const struct nc_gpu_place *operands, int count);
    void (*launch)(struct nc_gpu *gpu, void *bound, long long groups, int samples);

    /* Begins to record launches, which are not made then; 0: the device can't, and makes them. What was recorded since:
     * it is played any number of times, behind all that was asked for before. */
    int (*record)(struct nc_gpu *gpu);
    void *(*recorded)(struct nc_gpu *gpu);
    void (*play)(struct nc_gpu *gpu, void *recording);
};

extern const struct nc_gpu_kind nc_gpu_opencl, nc_gpu_cuda;

/* Lines as one text, of nc_memory. */
char *nc_gpu_text(const struct nc_run *run, const char *const *lines, int count);

/* What the device is given of a batch: it may be under way until the device has been waited for. */
struct nc_gpu_slot {
    long long place; /* the batch: from here on in the loader's order, */
    int count;       /* so many samples; */
    float scale;     /* the pass's, */
    int resident;    /* its samples and targets are gathered there, out of a data set; */
    long long judged; /* and how many places have a class that is looked at */
    unsigned char *samples, *masks, *targets;
    float *numbers;
};

/* A data set that is on the device. */
struct nc_gpu_set {
    const struct nc_loader *loader; /* NULL: none is */
    void *block[3];                 /* NC_ON_DATA, NC_ON_ANSWERS, NC_ON_ORDER */
    long long bytes[3];
    int filled;
    void **gather; /* bound launches */
};

enum { NC_GPU_SETS = 2 }; /* of training, of the test */

/* Launches that are made one after the other for `count` samples. */
struct nc_gpu_recording {
    int kind, count;
    const struct nc_gpu_set *set; /* whose batches are gathered; NULL: none */
    void *recording; /* NULL: they have been made once, and are not recorded */
};

enum { NC_GPU_RECORDINGS = 12 };

/* A run's device and what is there of the run: run->gpu, which is NULL where the run is on the CPU. */
struct nc_gpu_session {
    struct nc_gpu *gpu;
    const struct nc_device *device;
    void *block[NC_ON_ALL];
    long long bytes[NC_ON_ALL];
    struct nc_gpu_set sets[NC_GPU_SETS];
    void **train, **update, **test; /* bound launches */
    float *dense;                   /* [device->block] */
    struct nc_gpu_slot *slots;      /* [slot_count] */
    int slot_count, used;           /* of them, since the device was waited for */
    int queued, told;               /* steps that have been begun; those of them whose scores have been asked for */
    float *results;                 /* [1 + slot_count * batch][2] */
    struct nc_gpu_recording recordings[NC_GPU_RECORDINGS];
    int recording_count;
    int most; /* samples that run->outputs has memory for */
    const struct nc_data *pixels_of; /* whose pixels are there */
    int newer;                      /* parameters there are newer than the run's */
};

/* Copies to and from the beginning of a block, behind all that was asked for before. The first one's memory must stay
 * as it is until the device has been waited for; the second one waits. */
void nc_gpu_put(const struct nc_gpu_session *s, int block, const void *from, long long bytes);
void nc_gpu_get(struct nc_gpu_session *s, int block, void *to, long long bytes);
void nc_gpu_wait(struct nc_gpu_session *s);

/* Data sets on the device (data.c): those that fit beside what is `taken` get memory; the one that has a pass's samples
 * from `place` on, with its order, or NULL: they are here; and a slot is told where its batch is in it. */
void nc_gpu_take_sets(struct nc_run *run, long long taken);
struct nc_gpu_set *nc_gpu_set_for(struct nc_pass *pass, long long place);
void nc_gpu_set_numbers(const struct nc_pass *pass, const struct nc_gpu_slot *slot);

/* Batches on their way (batch.c): how many there may be at once, memory for them, `count` samples of a pass from
 * `first` on, which gives the data set that they are to be gathered from, or NULL; and those of a slot become the
 * pass's again. */
long long nc_gpu_sample_bytes(const struct nc_model *m);
long long nc_gpu_target_bytes(const struct nc_model *m);
int nc_gpu_slot_count(const struct nc_run *run, const struct nc_device *device);
void nc_gpu_take_slots(struct nc_run *run);
struct nc_gpu_set *nc_gpu_send(struct nc_pass *pass, int first, int count);
void nc_gpu_recall(struct nc_pass *pass, const struct nc_gpu_slot *slot);

/* The first result of a batch in a slot. */
static inline int nc_gpu_result(const struct nc_run *run, int slot)
{
    return 1 + slot * run->model->batch;
}

/* Forward and backward of a pass, whose samples are gathered. */
struct nc_score nc_gpu_run(struct nc_pass *pass);

/* What struct nc_offload says of them: parameters.c, pass.c. */
void nc_gpu_push(struct nc_run *run);
void nc_gpu_pull(struct nc_run *run);
void nc_gpu_step(struct nc_pass *pass);
int nc_gpu_room(const struct nc_run *run);
int nc_gpu_score(struct nc_pass *pass, struct nc_score *score);
struct nc_score nc_gpu_gradients(struct nc_pass *pass);
void nc_gpu_evaluate(struct nc_pass *pass);

#endif
