/* cuda.c: a libcuda.so.1 without a GPU, so that tests run what netc does with CUDA. A group's work items are fibers,
 * which change at barriers.
 *
 * A stream does nothing until it is waited for. So memory that changes while a copy from it is under way is found: the
 * program ends with a message. So it does where something is used that is not there, or is not given back in the end.
 *
 *     FAKE_CUDA_LOG=FILE    how often each function was called
 *     FAKE_CUDA_ORDER=N     groups and work items go another way round, by which the results must not change
 *     FAKE_CUDA_BYTES=N     the memory of the device */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE /* it takes a longjmp to another stack for a mistake */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "fake.h"

enum { MOST = 4096, GROUP = 1024, STACK = 1 << 16 };

void end_with(const char *what)
{
    fprintf(stderr, "fake CUDA: %s\n", what);
    fflush(NULL);
    _exit(70);
}

void want(int holds, const char *otherwise)
{
    if (!holds)
        end_with(otherwise);
}

/* ---- What was called --------------------------------------------------------------------------------------------- */

static struct {
    const char *name;
    long long count;
} calls[64];

void count_call(const char *name)
{
    int i = 0;
    while (calls[i].name && strcmp(calls[i].name, name))
        i++;
    calls[i].name = name;
    calls[i].count++;
}

static long long pages_before; /* that the program had where it first asked the device for memory */

static void see_pages(void)
{
    FILE *file = pages_before ? NULL : fopen("/proc/self/statm", "r");
    if (!file)
        return;
    want(fscanf(file, "%lld", &pages_before) == 1, "no size of the program");
    fclose(file);
}

static void write_log(void)
{
    const char *path = getenv("FAKE_CUDA_LOG");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file)
        return;
    for (int i = 0; calls[i].name; i++)
        fprintf(file, "%s %lld\n", calls[i].name, calls[i].count);
    fprintf(file, "pages %lld\n", pages_before);
    fclose(file);
}

/* ---- Things that are there --------------------------------------------------------------------------------------- */

enum kind { DEVICE = 1, HOST, STREAM, MODULE, GRAPH, READY };

struct thing {
    enum kind kind;
    unsigned char *at;
    size_t bytes;
};

static struct thing things[MOST];

static void *keep(enum kind kind, void *at, size_t bytes)
{
    int i = 0;
    while (i < MOST && things[i].kind)
        i++;
    want(i < MOST, "too many things");
    things[i] = (struct thing){kind, at, bytes};
    return at;
}

/* The one that has `bytes` bytes at `at`. */
static struct thing *find(enum kind kind, const void *at, size_t bytes)
{
    const unsigned char *from = at;
    for (int i = 0; i < MOST; i++)
        if (things[i].kind == kind && from >= things[i].at && from + bytes <= things[i].at + things[i].bytes)
            return &things[i];
    end_with("what is used is not there, or is too small");
    return NULL;
}

static void *drop(enum kind kind, void *at)
{
    find(kind, at, 0)->kind = 0;
    return at;
}

/* ---- Kernels ----------------------------------------------------------------------------------------------------- */

struct axes {
    unsigned x, y, z;
} blockIdx, threadIdx, blockDim;

void __syncthreads(void);

struct launch {
    void (*call)(void **arguments);
    unsigned groups, group;
    int count;
    uint64_t values[16];
};

/* Fibers live as long as the program, and take one work item after the other. They are begun by contexts, and change
 * by jumps, which ask nothing of the system. */
static jmp_buf scheduler, fibers[GROUP];
static char *stacks;
static unsigned char begun[GROUP], ended[GROUP];
static void *arguments[16];
static const struct launch *running;
static unsigned item;

void __syncthreads(void)
{
    if (!_setjmp(fibers[item]))
        _longjmp(scheduler, 1);
}

static void fiber(void)
{
    for (;;) {
        running->call(arguments);
        ended[item] = 1;
        __syncthreads();
    }
}

/* Work item `item` goes on until it waits or has ended. */
static void go_on(void)
{
    ucontext_t context;
    if (_setjmp(scheduler))
        return;
    if (begun[item])
        _longjmp(fibers[item], 1);
    begun[item] = 1;
    getcontext(&context);
    context.uc_stack.ss_sp = stacks + (size_t)item * STACK;
    context.uc_stack.ss_size = STACK;
    makecontext(&context, fiber, 0);
    setcontext(&context);
}

static unsigned order; /* FAKE_CUDA_ORDER */

/* The i-th of `count`, in that order. */
static unsigned turn(unsigned i, unsigned count)
{
    if (order == 0)
        return i;
    i = (i + order * 7) % count;
    return order % 2 ? count - 1 - i : i;
}

static void run_group(unsigned number)
{
    unsigned left = running->group;
    blockIdx.x = number;
    blockDim.x = running->group;
    memset(ended, 0, running->group);
    while (left > 0) {
        const unsigned before = left;
        for (unsigned i = 0; i < running->group; i++) {
            item = turn(i, running->group);
            threadIdx.x = item;
            if (ended[item])
                continue;
            go_on();
            left -= ended[item];
        }
        want(left == 0 || left == before, "some work items of a group wait at a barrier, and others have ended");
    }
}

static void run(const struct launch *launch)
{
    const char *chosen = getenv("FAKE_CUDA_ORDER");
    order = chosen ? (unsigned)atoi(chosen) : 0;
    if (!stacks)
        stacks = malloc((size_t)GROUP * STACK);
    want(launch->group <= GROUP, "the group is too large");
    running = launch;
    for (int i = 0; i < launch->count; i++)
        arguments[i] = (void *)&launch->values[i];
    for (unsigned i = 0; i < launch->groups; i++)
        run_group(turn(i, launch->groups));
}

/* ---- The stream -------------------------------------------------------------------------------------------------- */

struct task {
    enum { SET, THERE, BACK, LAUNCH } kind;
    unsigned char *to;
    const unsigned char *from;
    size_t bytes;
    unsigned value;
    unsigned long long sum;
    struct launch launch;
};

struct list {
    struct task *tasks;
    int count, room;
};

static struct list queue, *captured;

static void add(struct list *list, const struct task *task)
{
    if (list->count == list->room)
        list->tasks = realloc(list->tasks, (size_t)(list->room = 2 * list->room + 64) * sizeof *list->tasks);
    list->tasks[list->count++] = *task;
}

static unsigned long long sum_of(const unsigned char *bytes, size_t count)
{
    unsigned long long sum = 14695981039346656037ull;
    for (size_t i = 0; i < count; i++)
        sum = (sum ^ bytes[i]) * 1099511628211ull;
    return sum;
}

static void do_task(const struct task *task)
{
    if (task->kind == LAUNCH) {
        run(&task->launch);
    } else if (task->kind == SET) {
        for (size_t i = 0; i < task->bytes; i += 4)
            memcpy(task->to + i, &task->value, 4);
    } else {
        want(task->kind == BACK || sum_of(task->from, task->bytes) == task->sum,
             "memory has changed while a copy from it was under way");
        memcpy(task->to, task->from, task->bytes);
    }
}

static int enqueue(void *stream, struct task task)
{
    find(STREAM, stream, 0);
    want(!captured || task.kind == LAUNCH, "a copy is recorded");
    add(captured ? captured : &queue, &task);
    return CUDA_SUCCESS;
}

int cuStreamCreate(void **stream, unsigned flags)
{
    CALLED;
    want(flags == CU_STREAM_NON_BLOCKING, "a stream that others wait for");
    *stream = keep(STREAM, malloc(1), 1);
    return CUDA_SUCCESS;
}

int cuStreamDestroy_v2(void *stream)
{
    CALLED;
    free(drop(STREAM, stream));
    return CUDA_SUCCESS;
}

int cuStreamSynchronize(void *stream)
{
    CALLED;
    find(STREAM, stream, 0);
    want(!captured, "a stream is waited for while it records");
    for (int i = 0; i < queue.count; i++)
        do_task(&queue.tasks[i]);
    queue.count = 0;
    return CUDA_SUCCESS;
}

int cuMemsetD32Async(uint64_t address, unsigned value, size_t count, void *stream)
{
    CALLED;
    find(DEVICE, (void *)address, 4 * count);
    return enqueue(stream, (struct task){.kind = SET, .to = (void *)address, .bytes = 4 * count, .value = value});
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream)
{
    CALLED;
    find(DEVICE, (void *)to, bytes);
    return enqueue(stream, (struct task){.kind = THERE, .to = (void *)to, .from = from, .bytes = bytes,
                                         .sum = sum_of(from, bytes)});
}

int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream)
{
    CALLED;
    find(DEVICE, (void *)from, bytes);
    return enqueue(stream, (struct task){.kind = BACK, .to = to, .from = (void *)from, .bytes = bytes});
}

/* What the generated library says of a kernel, in front of its call. */
struct function {
    void (*call)(void **arguments);
    int count;
};

int cuLaunchKernel(void *function, unsigned groups_x, unsigned groups_y, unsigned groups_z, unsigned group_x,
                   unsigned group_y, unsigned group_z, unsigned shared_bytes, void *stream, void **arguments,
                   void **extra)
{
    CALLED;
    const struct function *f = function;
    struct task task = {.kind = LAUNCH, .launch = {f->call, groups_x, group_x, f->count, {0}}};
    want(groups_x > 0 && groups_y == 1 && groups_z == 1 && group_y == 1 && group_z == 1, "a wrong grid");
    want(shared_bytes == 0 && extra == NULL, "arguments of another kind");
    for (int i = 0; i < f->count - 1; i++) {
        memcpy(&task.launch.values[i], arguments[i], sizeof(uint64_t));
        find(DEVICE, (void *)task.launch.values[i], 1);
    }
    memcpy(&task.launch.values[f->count - 1], arguments[f->count - 1], sizeof(int));
    return enqueue(stream, task);
}

#ifndef WITHOUT_GRAPHS
int cuStreamBeginCapture_v2(void *stream, int mode)
{
    CALLED;
    find(STREAM, stream, 0);
    want(mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL && !captured, "a recording within another one");
    captured = calloc(1, sizeof *captured);
    return CUDA_SUCCESS;
}

int cuStreamEndCapture(void *stream, void **graph)
{
    CALLED;
    find(STREAM, stream, 0);
    want(captured != NULL, "nothing is recorded");
    *graph = keep(GRAPH, captured, sizeof *captured);
    captured = NULL;
    return CUDA_SUCCESS;
}

int cuGraphInstantiateWithFlags(void **ready, void *graph, unsigned long long flags)
{
    CALLED;
    want(flags == 0, "flags of a graph");
    const struct list *from = (const void *)find(GRAPH, graph, 0)->at;
    struct list *list = calloc(1, sizeof *list);
    for (int i = 0; i < from->count; i++)
        add(list, &from->tasks[i]);
    *ready = keep(READY, list, sizeof *list);
    return CUDA_SUCCESS;
}

static int free_list(enum kind kind, void *what)
{
    struct list *list = drop(kind, what);
    free(list->tasks);
    free(list);
    return CUDA_SUCCESS;
}

int cuGraphDestroy(void *graph)
{
    CALLED;
    return free_list(GRAPH, graph);
}

int cuGraphExecDestroy(void *ready)
{
    CALLED;
    return free_list(READY, ready);
}

int cuGraphLaunch(void *ready, void *stream)
{
    CALLED;
    const struct list *list = (const void *)find(READY, ready, 0)->at;
    for (int i = 0; i < list->count; i++)
        enqueue(stream, list->tasks[i]);
    return CUDA_SUCCESS;
}
#endif

/* ---- The device and its memory ----------------------------------------------------------------------------------- */

static int retained;

static size_t device_bytes(void)
{
    const char *bytes = getenv("FAKE_CUDA_BYTES");
    return bytes ? (size_t)atoll(bytes) : (size_t)1 << 30;
}

int cuInit(unsigned flags)
{
    CALLED;
    return (int)flags;
}

int cuDeviceGetCount(int *count)
{
    *count = 1;
    return CUDA_SUCCESS;
}

int cuDeviceGet(int *device, int number)
{
    *device = 100 + number;
    return CUDA_SUCCESS;
}

int cuDeviceGetName(char *name, int size, int device)
{
    want(device == 100, "another device");
    snprintf(name, (size_t)size, "fake");
    return CUDA_SUCCESS;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device)
{
    want(device == 100, "another device");
    *bytes = device_bytes();
    return CUDA_SUCCESS;
}

int cuDeviceGetAttribute(int *value, int attribute, int device)
{
    want(device == 100, "another device");
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 8 : 0;
    return CUDA_SUCCESS;
}

int cuDevicePrimaryCtxRetain(void **context, int device)
{
    CALLED;
    want(device == 100, "another device");
    retained = 1;
    *context = &retained;
    return CUDA_SUCCESS;
}

int cuDevicePrimaryCtxRelease_v2(int device)
{
    CALLED;
    want(retained && device == 100, "another device");
    retained = 0;
    for (int i = 0; i < MOST; i++)
        want(!things[i].kind, "something is not given back");
    write_log();
    return CUDA_SUCCESS;
}

int cuCtxSetCurrent(void *context)
{
    want(context == &retained, "another context");
    return CUDA_SUCCESS;
}

int cuMemGetInfo_v2(size_t *left, size_t *all)
{
    *all = *left = device_bytes();
    for (int i = 0; i < MOST; i++)
        *left -= things[i].kind == DEVICE ? things[i].bytes : 0;
    return CUDA_SUCCESS;
}

int cuMemAlloc_v2(uint64_t *address, size_t bytes)
{
    CALLED;
    size_t left, all;
    see_pages();
    cuMemGetInfo_v2(&left, &all);
    if (bytes > left)
        return 2;
    unsigned char *memory = malloc(bytes);
    memset(memory, 0xA5, bytes);
    *address = (uint64_t)keep(DEVICE, memory, bytes);
    return CUDA_SUCCESS;
}

int cuMemFree_v2(uint64_t address)
{
    CALLED;
    free(drop(DEVICE, (void *)address));
    return CUDA_SUCCESS;
}

int cuMemHostAlloc(void **memory, size_t bytes, unsigned flags)
{
    CALLED;
    want(flags == 0, "flags of memory");
    *memory = keep(HOST, malloc(bytes + 1), bytes + 1);
    return CUDA_SUCCESS;
}

int cuMemFreeHost(void *memory)
{
    CALLED;
    want(queue.count == 0, "memory is given back while copies are under way");
    free(drop(HOST, memory));
    return CUDA_SUCCESS;
}

int cuGetErrorString(int error, const char **text)
{
    *text = error == 2 ? "out of memory" : "an error";
    return CUDA_SUCCESS;
}

/* ---- Modules: what nvrtc.c makes is the path of a shared library ------------------------------------------------- */

int cuModuleLoadData(void **module, const void *image)
{
    CALLED;
    void *library = dlopen(image, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        end_with(dlerror());
    *module = keep(MODULE, library, 1);
    return CUDA_SUCCESS;
}

int cuModuleUnload(void *module)
{
    CALLED;
    dlclose(drop(MODULE, module));
    return CUDA_SUCCESS;
}

int cuModuleGetFunction(void **function, void *module, const char *name)
{
    char symbol[256];
    find(MODULE, module, 0);
    snprintf(symbol, sizeof symbol, "function_%s", name);
    *function = dlsym(module, symbol);
    return *function ? CUDA_SUCCESS : 500;
}
