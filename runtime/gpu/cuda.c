/* cuda.c: NVIDIA's GPUs by CUDA's driver; kernels are compiled by NVRTC. Both libraries are loaded late. */
#include <stdlib.h>

#include "gpu/cuda_api.h"
#include "gpu/gpu.h"
#include "system/library.h"

#define CUDA(F) \
    F(cuInit) F(cuDeviceGetCount) F(cuDeviceGet) F(cuDeviceGetName) F(cuDeviceTotalMem_v2) F(cuDeviceGetAttribute) \
    F(cuDevicePrimaryCtxRetain) F(cuDevicePrimaryCtxRelease_v2) F(cuCtxSetCurrent) F(cuMemGetInfo_v2) \
    F(cuMemAlloc_v2) F(cuMemFree_v2) F(cuMemHostAlloc) F(cuMemFreeHost) F(cuStreamCreate) F(cuStreamDestroy_v2) \
    F(cuStreamSynchronize) F(cuMemsetD32Async) F(cuMemcpyHtoDAsync_v2) F(cuMemcpyDtoHAsync_v2) F(cuModuleLoadData) \
    F(cuModuleUnload) F(cuModuleGetFunction) F(cuLaunchKernel) F(cuGetErrorString)
NC_LIBRARY(cu, CUDA, "libcuda.so.1", "libcuda1, or NVIDIA's driver")

/* Older drivers do without. */
#define GRAPHS(F) \
    F(cuStreamBeginCapture_v2) F(cuStreamEndCapture) F(cuGraphInstantiateWithFlags) F(cuGraphDestroy) \
    F(cuGraphLaunch) F(cuGraphExecDestroy)
NC_LIBRARY(graphs, GRAPHS, "libcuda.so.1", "libcuda1, or NVIDIA's driver")

#define NVRTC(F) \
    F(nvrtcCreateProgram) F(nvrtcCompileProgram) F(nvrtcGetPTXSize) F(nvrtcGetPTX) F(nvrtcGetProgramLogSize) \
    F(nvrtcGetProgramLog) F(nvrtcDestroyProgram)
NC_LIBRARY(rtc, NVRTC, "libnvrtc.so.13", "libnvrtc12, or NVIDIA's toolkit")

enum { MOST_OPERANDS = NC_MAX_OPERANDS + 1 };

/* A launch that is ready: the last argument is the number of samples. */
struct bound {
    void *function;
    int group, samples;
    uint64_t address[MOST_OPERANDS];
    void *arguments[MOST_OPERANDS];
    struct bound *next;
};

struct block {
    uint64_t address;
    struct block *next;
};

/* What has to be given back by a function of its own: memory here, a recording. */
struct held {
    void *what;
    int (*give_back)(void *what);
    struct held *next;
};

struct cuda {
    struct nc_gpu base;
    int device, major, minor, records;
    void *stream, *module;
    struct bound *bound;
    struct block *blocks;
    struct held *held;
};

static struct cuda *of(struct nc_gpu *gpu)
{
    return (struct cuda *)gpu;
}

static const char *error_text(int error)
{
    const char *text = NULL;
    cu.cuGetErrorString(error, &text);
    return text != NULL ? text : "an error without a name";
}

static void check(const struct nc_gpu *gpu, int error, const char *what)
{
    if (error != CUDA_SUCCESS)
        nc_fail(gpu->run, NULL, "device cuda, %s: %s: %s", gpu->name, what, error_text(error));
}

static void hold(struct cuda *c, void *what, int (*give_back)(void *))
{
    struct held *held = nc_memory(c->base.run, 1, sizeof *held, "the device");
    *held = (struct held){what, give_back, c->held};
    c->held = held;
}

/* Any of the versions that has all functions. */
static int load_compiler(char *why)
{
    static const char *const files[] = {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"};
    char error[512];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        rtc_library.file = files[i];
        if (nc_library_load(&rtc_library, error, sizeof error))
            return 1;
    }
    snprintf(why, NC_GPU_WHY, "no compiler of CUDA: libnvrtc.so.12 not found, which the driver does not bring: install "
             "NVIDIA's toolkit, or Debian's package libnvrtc12");
    return 0;
}

static struct nc_gpu *open_device(const struct nc_run *run, int number, char *why)
{
    char error[512];
    int count = 0, status;
    if (!nc_library_load(&cu_library, error, sizeof error)) {
        snprintf(why, NC_GPU_WHY, "no CUDA driver: libcuda.so.1 not found");
        return NULL;
    }
    if ((status = cu.cuInit(0)) != CUDA_SUCCESS || (status = cu.cuDeviceGetCount(&count)) != CUDA_SUCCESS) {
        snprintf(why, NC_GPU_WHY, "no CUDA device: %s", error_text(status));
        return NULL;
    }
    if (number >= count) {
        snprintf(why, NC_GPU_WHY, "there is no CUDA device %d: they are numbered from 0, and there %s %d", number,
                 count == 1 ? "is" : "are", count);
        return NULL;
    }
    struct cuda *c = nc_memory(run, 1, sizeof *c, "the device");
    void *context = NULL;
    size_t bytes = 0, all = 0;
    c->base = (struct nc_gpu){.kind = &nc_gpu_cuda, .run = run};
    check(&c->base, cu.cuDeviceGet(&c->device, number), "cuDeviceGet");
    cu.cuDeviceGetName(c->base.name, sizeof c->base.name - 1, c->device);
    cu.cuDeviceTotalMem_v2(&bytes, c->device);
    c->base.memory = c->base.most = (long long)bytes;
    cu.cuDeviceGetAttribute(&c->major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, c->device);
    cu.cuDeviceGetAttribute(&c->minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, c->device);
    c->base.tensor_cores = c->major >= 8;
    check(&c->base, cu.cuDevicePrimaryCtxRetain(&context, c->device), "cuDevicePrimaryCtxRetain");
    check(&c->base, cu.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    check(&c->base, cu.cuMemGetInfo_v2(&bytes, &all), "cuMemGetInfo");
    c->base.left = (long long)bytes;
    check(&c->base, cu.cuStreamCreate(&c->stream, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    c->records = nc_library_load(&graphs_library, error, sizeof error);
    return &c->base;
}

static void close_device(struct nc_gpu *gpu)
{
    struct cuda *c = of(gpu);
    cu.cuStreamSynchronize(c->stream);
    for (struct held *next, *held = c->held; held != NULL; held = next) {
        next = held->next;
        held->give_back(held->what);
        free(held);
    }
    for (struct bound *next, *bound = c->bound; bound != NULL; bound = next) {
        next = bound->next;
        free(bound);
    }
    for (struct block *next, *block = c->blocks; block != NULL; block = next) {
        next = block->next;
        cu.cuMemFree_v2(block->address);
        free(block);
    }
    if (c->module != NULL)
        cu.cuModuleUnload(c->module);
    cu.cuStreamDestroy_v2(c->stream);
    cu.cuDevicePrimaryCtxRelease_v2(c->device);
    free(c);
}

static void *allocate(struct nc_gpu *gpu, long long bytes)
{
    struct cuda *c = of(gpu);
    uint64_t address = 0;
    if (cu.cuMemAlloc_v2(&address, (size_t)bytes) != CUDA_SUCCESS)
        return NULL;
    struct block *block = nc_memory(gpu->run, 1, sizeof *block, "the device");
    *block = (struct block){address, c->blocks};
    c->blocks = block;
    check(gpu, cu.cuMemsetD32Async(address, 0, (size_t)bytes / 4, c->stream), "cuMemsetD32Async");
    return block;
}

static void *host(struct nc_gpu *gpu, long long bytes)
{
    void *memory = NULL;
    check(gpu, cu.cuMemHostAlloc(&memory, (size_t)bytes, 0), "cuMemHostAlloc");
    hold(of(gpu), memory, cu.cuMemFreeHost);
    return memset(memory, 0, (size_t)bytes);
}

static uint64_t address_of(const struct nc_gpu_place *place)
{
    return ((const struct block *)place->block)->address + (uint64_t)place->offset;
}

static void upload(struct nc_gpu *gpu, const struct nc_gpu_place *to, const void *from, long long bytes)
{
    check(gpu, cu.cuMemcpyHtoDAsync_v2(address_of(to), from, (size_t)bytes, of(gpu)->stream), "cuMemcpyHtoDAsync");
    gpu->counts.there++;
}

static void download(struct nc_gpu *gpu, const struct nc_gpu_place *from, void *to, long long bytes)
{
    check(gpu, cu.cuMemcpyDtoHAsync_v2(to, address_of(from), (size_t)bytes, of(gpu)->stream), "cuMemcpyDtoHAsync");
    gpu->counts.back++;
}

static void finish(struct nc_gpu *gpu)
{
    check(gpu, cu.cuStreamSynchronize(of(gpu)->stream), "cuStreamSynchronize");
    gpu->counts.waits++;
}

static int compiles(struct nc_gpu *gpu, char *why)
{
    return gpu->run->device->ptx != NULL || load_compiler(why);
}

/* What the program carries, where the driver takes it: a device older than what it was made for does not. */
static int load_ptx(struct nc_gpu *gpu)
{
    const struct nc_device *d = gpu->run->device;
    char *ptx = nc_gpu_text(gpu->run, d->ptx, d->ptx_lines);
    const int status = cu.cuModuleLoadData(&of(gpu)->module, ptx);
    free(ptx);
    return status == CUDA_SUCCESS;
}

static int build(struct nc_gpu *gpu, const char *text, char *why)
{
    struct cuda *c = of(gpu);
    if (gpu->run->device->ptx != NULL && load_ptx(gpu))
        return 1;
    if (!load_compiler(why))
        return 0;
    char architecture[64];
    const char *const options[] = {architecture, "--std=c++14"};
    void *program = NULL;
    size_t length = 0;
    snprintf(architecture, sizeof architecture, "--gpu-architecture=compute_%d%d", c->major, c->minor);
    int status = rtc.nvrtcCreateProgram(&program, text, "kernels.cu", 0, NULL, NULL);
    if (status == 0)
        status = rtc.nvrtcCompileProgram(program, 2, options);
    if (status != 0) {
        char *log = NULL;
        if (program != NULL && rtc.nvrtcGetProgramLogSize(program, &length) == 0) {
            log = nc_memory(gpu->run, (long long)length + 1, 1, "the compiler's words");
            rtc.nvrtcGetProgramLog(program, log);
        }
        snprintf(why, NC_GPU_WHY, "NVRTC fails with error %d for compute_%d%d: %s", status, c->major, c->minor,
                 log != NULL ? log : "");
        free(log);
        return 0;
    }
    rtc.nvrtcGetPTXSize(program, &length);
    char *ptx = nc_memory(gpu->run, (long long)length + 1, 1, "the kernels");
    rtc.nvrtcGetPTX(program, ptx);
    rtc.nvrtcDestroyProgram(&program);
    check(gpu, cu.cuModuleLoadData(&c->module, ptx), "cuModuleLoadData");
    free(ptx);
    return 1;
}

static void *bind(struct nc_gpu *gpu, const char *kernel, int group, const struct nc_gpu_place *operands, int count)
{
    struct cuda *c = of(gpu);
    struct bound *bound = nc_memory(gpu->run, 1, sizeof *bound, "the device");
    bound->group = group;
    bound->next = c->bound;
    c->bound = bound;
    check(gpu, cu.cuModuleGetFunction(&bound->function, c->module, kernel), kernel);
    for (int i = 0; i < count; i++) {
        bound->address[i] = address_of(&operands[i]);
        bound->arguments[i] = &bound->address[i];
    }
    bound->arguments[count] = &bound->samples;
    return bound;
}

static void launch(struct nc_gpu *gpu, void *ready, long long groups, int samples)
{
    struct bound *bound = ready;
    bound->samples = samples;
    check(gpu, cu.cuLaunchKernel(bound->function, (unsigned)groups, 1, 1, (unsigned)bound->group, 1, 1, 0,
                                 of(gpu)->stream, bound->arguments, NULL), "cuLaunchKernel");
    gpu->counts.launches++;
}

static int record(struct nc_gpu *gpu)
{
    const struct cuda *c = of(gpu);
    if (c->records)
        check(gpu, graphs.cuStreamBeginCapture_v2(c->stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
              "cuStreamBeginCapture");
    return c->records;
}

static void *recorded(struct nc_gpu *gpu)
{
    struct cuda *c = of(gpu);
    void *graph = NULL, *ready = NULL;
    check(gpu, graphs.cuStreamEndCapture(c->stream, &graph), "cuStreamEndCapture");
    check(gpu, graphs.cuGraphInstantiateWithFlags(&ready, graph, 0), "cuGraphInstantiateWithFlags");
    check(gpu, graphs.cuGraphDestroy(graph), "cuGraphDestroy");
    hold(c, ready, graphs.cuGraphExecDestroy);
    return ready;
}

static void play(struct nc_gpu *gpu, void *recording)
{
    check(gpu, graphs.cuGraphLaunch(recording, of(gpu)->stream), "cuGraphLaunch");
    gpu->counts.plays++;
}

const struct nc_gpu_kind nc_gpu_cuda = {
    .name = "cuda", .open = open_device, .close = close_device, .allocate = allocate, .host = host, .upload = upload,
    .download = download, .finish = finish, .compiles = compiles, .build = build, .bind = bind, .launch = launch,
    .record = record, .recorded = recorded, .play = play,
};
