/* device.c: which device a run uses, its memory there and its kernels, made ready to be launched. */
#include <stdlib.h>

#include "gpu/gpu.h"
#include "step/optimizer.h"

enum { LEAST = 512, SQUARES_OF = 4096 }; /* bytes of a block; floats whose squares one group adds up */

/* Whether `name` is KIND or KIND:N. */
static int is_kind(const char *name, const char *kind, int *number)
{
    const size_t length = strlen(kind);
    char *end;
    *number = 0;
    if (strncmp(name, kind, length) != 0 || (name[length] != '\0' && name[length] != ':'))
        return 0;
    if (name[length] == '\0')
        return 1;
    const long value = strtol(name + length + 1, &end, 10);
    *number = (int)value;
    return end > name + length + 1 && *end == '\0' && value >= 0 && value < 1000;
}

/* The same device by OpenCL, which its driver brings, or NULL. */
static struct nc_gpu *open_by_opencl(struct nc_run *run, const struct nc_gpu *cuda)
{
    char why[NC_GPU_WHY];
    struct nc_gpu *gpu;
    for (int number = 0; (gpu = nc_gpu_opencl.open(run, number, why)) != NULL; number++) {
        if (strcmp(gpu->name, cuda->name) == 0)
            return gpu;
        gpu->kind->close(gpu);
    }
    return NULL;
}

/* A device whose kernels can be compiled; NULL, with a sentence in `why`. Where CUDA's compiler alone is missing, the
 * driver's own OpenCL will do. */
static struct nc_gpu *open_kind(struct nc_run *run, const struct nc_gpu_kind *kind, int number, char *why)
{
    struct nc_gpu *gpu = kind->open(run, number, why);
    if (gpu == NULL || kind->compiles == NULL || kind->compiles(gpu, why))
        return gpu;
    struct nc_gpu *other = open_by_opencl(run, gpu);
    if (other != NULL)
        nc_note(run, "%s; taking %s by its driver's OpenCL", why, gpu->name);
    kind->close(gpu);
    return other;
}

static struct nc_gpu *open_or_fail(struct nc_run *run, const struct nc_gpu_kind *kind, int number)
{
    char why[NC_GPU_WHY];
    struct nc_gpu *gpu = open_kind(run, kind, number, why);
    if (gpu == NULL)
        nc_fail(run, "--device cpu trains without it", "device %s: %s", run->device_name.value, why);
    return gpu;
}

/* cuda where there is one. */
static struct nc_gpu *open_any(struct nc_run *run)
{
    char why[NC_GPU_WHY];
    struct nc_gpu *gpu = open_kind(run, &nc_gpu_cuda, 0, why);
    if (gpu == NULL)
        nc_note(run, "%s; training on the CPU", why);
    return gpu;
}

static struct nc_gpu *open_device(struct nc_run *run)
{
    const char *name = run->device_name.value;
    int number;
    if (strcmp(name, "auto") != 0 && !is_kind(name, "cuda", &number) && !is_kind(name, "opencl", &number))
        nc_usage(run, "it is cpu, cuda, cuda:1, opencl or auto", "there is no device '%s'", name);
    if (strcmp(name, "auto") == 0)
        return open_any(run);
    const struct nc_gpu_kind *kind = is_kind(name, "cuda", &number) ? &nc_gpu_cuda : &nc_gpu_opencl;
    is_kind(name, kind->name, &number);
    return open_or_fail(run, kind, number);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void find_sizes(const struct nc_run *run, struct nc_gpu_session *s)
{
    const struct nc_model *m = run->model;
    const struct nc_device *d = s->device;
    const long long floats = (long long)sizeof(float), block = d->block * floats;
    const int trains = run->command == NC_COMMAND_TRAIN;
    s->bytes[NC_ON_VALUES] = d->values;
    s->bytes[NC_ON_WEIGHTS] = block;
    s->bytes[NC_ON_GRADIENTS] = nc_needs_gradients(run) ? block : 0;
    s->bytes[NC_ON_WHOLE] = trains && run->accumulate.value > 1 ? block : 0;
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        s->bytes[NC_ON_STATE + i] = run->state[i] != NULL ? block : 0;
    s->slot_count = nc_gpu_slot_count(run, d);
    s->bytes[NC_ON_SAMPLES] = d->capacity * nc_gpu_sample_bytes(m);
    s->bytes[NC_ON_TARGETS] = d->capacity * nc_gpu_target_bytes(m);
    s->bytes[NC_ON_MASKS] = d->mask_bytes;
    s->bytes[NC_ON_PIXELS] = NC_MAX_CHANNELS * 256 * floats;
    s->bytes[NC_ON_NUMBERS] = (NC_NUMBERS + NC_PART_NUMBERS * (run->part_count + 1)) * floats;
    s->bytes[NC_ON_PARTS] = d->block / NC_PART_FLOATS * floats;
    s->bytes[NC_ON_SQUARES] = (d->block / SQUARES_OF + 2) * floats;
    s->bytes[NC_ON_RESULTS] = 2 * nc_gpu_result(run, s->slot_count) * floats;
    for (int i = 0; i < NC_ON_COUNT; i++)
        s->bytes[i] = s->bytes[i] < LEAST ? LEAST : (s->bytes[i] + LEAST - 1) / LEAST * LEAST;
}

/* Returns how much. */
static long long take_memory(struct nc_run *run, struct nc_gpu_session *s)
{
    struct nc_gpu *gpu = s->gpu;
    long long all = 0, largest = 0;
    for (int i = 0; i < NC_ON_COUNT; i++) {
        all += s->bytes[i];
        largest = s->bytes[i] > largest ? s->bytes[i] : largest;
    }
    nc_note(run, "device %s: %s, %s of its %s of memory", gpu->kind->name, gpu->name, nc_gpu_size(all).text,
            nc_gpu_size(gpu->memory).text);
    if (all > gpu->memory || largest > gpu->most)
        nc_fail(run, "make the batches smaller: --batch-size N", "device %s, %s: a step takes %s of memory, %s of it "
                "in one block; the device has %s, and %s for one block", gpu->kind->name, gpu->name,
                nc_gpu_size(all).text, nc_gpu_size(largest).text, nc_gpu_size(gpu->memory).text,
                nc_gpu_size(gpu->most).text);
    for (int i = 0; i < NC_ON_COUNT; i++) {
        s->block[i] = gpu->kind->allocate(gpu, s->bytes[i]);
        if (s->block[i] == NULL)
            nc_fail(run, "make the batches smaller: --batch-size N; or end what else uses it",
                    "device %s, %s: a step takes %s of memory, and so much is not free", gpu->kind->name, gpu->name,
                    nc_gpu_size(all).text);
    }
    if (run->accumulate.value <= 1) { /* an update learns from the gradients themselves */
        s->block[NC_ON_WHOLE] = s->block[NC_ON_GRADIENTS];
        s->bytes[NC_ON_WHOLE] = s->bytes[NC_ON_GRADIENTS];
    }
    s->dense = nc_memory(run, s->device->block, sizeof *s->dense, "the device");
    s->results = gpu->kind->host(gpu, s->bytes[NC_ON_RESULTS]);
    nc_gpu_take_slots(run);
    return all;
}

/* ---- Kernels ----------------------------------------------------------------------------------------------------- */

char *nc_gpu_text(const struct nc_run *run, const char *const *lines, int count)
{
    size_t length = 1;
    for (int i = 0; i < count; i++)
        length += strlen(lines[i]) + 1;
    char *text = nc_memory(run, (long long)length, 1, "the kernels"), *at = text;
    for (int i = 0; i < count; i++)
        at += sprintf(at, "%s\n", lines[i]);
    return text;
}

static void build(struct nc_run *run, const struct nc_gpu_session *s)
{
    char why[NC_GPU_WHY];
    char *text = nc_gpu_text(run, s->device->text, s->device->lines);
    if (s->device->tf32 && !s->gpu->tensor_cores)
        nc_note(run, "precision tf32: device %s, %s, has no tensor cores for it, and multiplies in float32",
                s->gpu->kind->name, s->gpu->name);
    if (!s->gpu->kind->build(s->gpu, text, why))
        nc_fail(run, "--device cpu trains without it", "device %s, %s, does not compile the kernels: %s",
                s->gpu->kind->name, s->gpu->name, why);
    free(text);
}

static void **bind(const struct nc_run *run, const struct nc_gpu_session *s, const struct nc_launch *launches,
                   int count)
{
    void **bound = nc_memory(run, count + 1, sizeof *bound, "the device");
    for (int i = 0; i < count; i++) {
        struct nc_gpu_place places[NC_MAX_OPERANDS];
        for (int k = 0; k < launches[i].operand_count; k++) {
            const struct nc_operand *o = &launches[i].operand[k];
            places[k] = (struct nc_gpu_place){s->block[o->block], o->offset, s->bytes[o->block] - o->offset};
        }
        bound[i] = s->gpu->kind->bind(s->gpu, launches[i].kernel, launches[i].group, places, launches[i].operand_count);
    }
    return bound;
}

static void **bind_set(const struct nc_run *run, struct nc_gpu_session *s, const struct nc_gpu_set *set)
{
    memcpy(s->block + NC_ON_DATA, set->block, sizeof set->block);
    memcpy(s->bytes + NC_ON_DATA, set->bytes, sizeof set->bytes);
    return bind(run, s, s->device->gather, s->device->gather_count);
}

static void open_session(struct nc_run *run)
{
    struct nc_gpu *gpu = open_device(run);
    if (gpu == NULL)
        return;
    run->gpu = nc_memory(run, 1, sizeof *run->gpu, "the device");
    run->gpu->gpu = gpu;
    run->gpu->device = run->device;
}

static void prepare(struct nc_run *run)
{
    struct nc_gpu_session *s = run->gpu;
    const struct nc_device *d = s->device;
    find_sizes(run, s);
    nc_gpu_take_sets(run, take_memory(run, s));
    build(run, s);
    if (nc_needs_gradients(run))
        s->train = bind(run, s, d->train, d->train_count);
    for (int i = 0; i < NC_GPU_SETS; i++)
        if (s->sets[i].loader != NULL)
            s->sets[i].gather = bind_set(run, s, &s->sets[i]);
    if (run->command == NC_COMMAND_TRAIN)
        s->update = bind(run, s, d->update, d->update_count);
    if (!nc_looks_at_gradients(run))
        s->test = bind(run, s, d->test, d->test_count);
}

static void print_counts(const struct nc_run *run)
{
    const struct nc_gpu *gpu = run->gpu->gpu;
    nc_print("device %s: in all %lld launches, %lld recordings played, %lld copies there, %lld back, %lld waits\n",
             gpu->kind->name, gpu->counts.launches, gpu->counts.plays, gpu->counts.there, gpu->counts.back,
             gpu->counts.waits);
}

static void release(struct nc_run *run)
{
    struct nc_gpu_session *s = run->gpu;
    if (run->profiler != NULL)
        print_counts(run);
    s->gpu->kind->close(s->gpu);
    for (int i = 0; i < NC_GPU_SETS; i++)
        free(s->sets[i].gather);
    free(s->train);
    free(s->update);
    free(s->test);
    free(s->dense);
    free(s->slots);
    free(run->outputs);
    free(s);
}

void nc_device(struct nc_run *run, const struct nc_device *device, const char *name)
{
    static const struct nc_offload offload = {
        open_session, prepare, release, nc_gpu_push, nc_gpu_pull, nc_gpu_step, nc_gpu_room, nc_gpu_score,
        nc_gpu_gradients, nc_gpu_evaluate,
    };
    run->device = device;
    run->offload = &offload;
    nc_give_text(&run->device_name, name);
}
