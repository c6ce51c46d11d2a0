/* opencl.c: devices by OpenCL: GPUs of all makers; and the CPU, where PoCL is installed. The library is loaded late. */
#include <stdlib.h>

#include "gpu/gpu.h"
#include "gpu/opencl_api.h"
#include "system/library.h"

#define OPENCL(F) \
    F(clGetPlatformIDs) F(clGetDeviceIDs) F(clGetDeviceInfo) F(clCreateContext) F(clCreateCommandQueue) \
    F(clCreateBuffer) F(clCreateSubBuffer) F(clCreateProgramWithSource) F(clBuildProgram) F(clGetProgramBuildInfo) \
    F(clCreateKernel) F(clSetKernelArg) F(clEnqueueNDRangeKernel) F(clEnqueueWriteBuffer) F(clEnqueueReadBuffer) \
    F(clEnqueueFillBuffer) F(clFinish) F(clFlush) F(clReleaseMemObject) F(clReleaseKernel) F(clReleaseProgram) \
    F(clReleaseCommandQueue) F(clReleaseContext)
NC_LIBRARY(cl, OPENCL, "libOpenCL.so.1", "ocl-icd-libopencl1")

enum { MOST_DEVICES = 64 };

/* A launch that is ready. */
struct bound {
    void *kernel;
    int count, group; /* operands; work items of a group */
    int samples;      /* that are set */
    struct bound *next;
};

/* What has to be given back: a block, or a part of one that a kernel sees; or memory here. */
struct held {
    void *memory;
    int here;
    struct held *next;
};

struct opencl {
    struct nc_gpu base;
    void *device, *context, *queue, *program;
    struct bound *bound;
    struct held *held;
};

static struct opencl *of(struct nc_gpu *gpu)
{
    return (struct opencl *)gpu;
}

static void check(const struct nc_gpu *gpu, int32_t error, const char *what)
{
    if (error != CL_SUCCESS)
        nc_fail(gpu->run, NULL, "device opencl, %s: %s failed with error %d", gpu->name, what, (int)error);
}

static void hold(struct opencl *o, void *memory, int here)
{
    struct held *held = nc_memory(o->base.run, 1, sizeof *held, "the device");
    *held = (struct held){memory, here, o->held};
    o->held = held;
}

/* All devices of this type of all platforms, as many as there is room for behind the first `count` ones. */
static int find_devices(uint64_t type, void **devices, int count)
{
    void *platforms[MOST_DEVICES];
    uint32_t platform_count = 0;
    if (cl.clGetPlatformIDs(MOST_DEVICES, platforms, &platform_count) != CL_SUCCESS)
        return count;
    for (uint32_t i = 0; i < platform_count && i < MOST_DEVICES; i++) {
        uint32_t found = 0, room = (uint32_t)(MOST_DEVICES - count);
        if (room > 0 && cl.clGetDeviceIDs(platforms[i], type, room, devices + count, &found) == CL_SUCCESS)
            count += (int)(found < room ? found : room);
    }
    return count;
}

static struct nc_gpu *open_device(const struct nc_run *run, int number, char *why)
{
    void *devices[MOST_DEVICES] = {NULL};
    char error[512];
    int32_t status;
    if (!nc_library_load(&cl_library, error, sizeof error)) {
        snprintf(why, NC_GPU_WHY, "%s", error);
        return NULL;
    }
    int count = find_devices(CL_DEVICE_TYPE_GPU, devices, 0);
    count = find_devices(CL_DEVICE_TYPE_ALL & ~(uint64_t)CL_DEVICE_TYPE_GPU, devices, count); /* GPUs come first */
    if (number >= count) {
        snprintf(why, NC_GPU_WHY, count == 0 ? "there is no OpenCL device: install your GPU's driver for OpenCL, or "
                 "Debian's package pocl-opencl-icd, which runs OpenCL on the CPU"
                 : "there is no OpenCL device %d: they are numbered from 0, and there are %d", number, count);
        return NULL;
    }
    struct opencl *o = nc_memory(run, 1, sizeof *o, "the device");
    uint64_t bytes = 0;
    o->base = (struct nc_gpu){.kind = &nc_gpu_opencl, .run = run};
    o->device = devices[number];
    cl.clGetDeviceInfo(o->device, CL_DEVICE_NAME, sizeof o->base.name - 1, o->base.name, NULL);
    cl.clGetDeviceInfo(o->device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof bytes, &bytes, NULL);
    o->base.memory = o->base.left = (long long)bytes;
    cl.clGetDeviceInfo(o->device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof bytes, &bytes, NULL);
    o->base.most = (long long)bytes;
    o->context = cl.clCreateContext(NULL, 1, &o->device, NULL, NULL, &status);
    check(&o->base, status, "clCreateContext");
    o->queue = cl.clCreateCommandQueue(o->context, o->device, 0, &status);
    check(&o->base, status, "clCreateCommandQueue");
    return &o->base;
}

static void close_device(struct nc_gpu *gpu)
{
    struct opencl *o = of(gpu);
    cl.clFinish(o->queue);
    for (struct bound *next, *bound = o->bound; bound != NULL; bound = next) {
        next = bound->next;
        cl.clReleaseKernel(bound->kernel);
        free(bound);
    }
    for (struct held *next, *held = o->held; held != NULL; held = next) { /* parts before what they are of */
        next = held->next;
        if (held->here)
            free(held->memory);
        else
            cl.clReleaseMemObject(held->memory);
        free(held);
    }
    if (o->program != NULL)
        cl.clReleaseProgram(o->program);
    cl.clReleaseCommandQueue(o->queue);
    cl.clReleaseContext(o->context);
    free(o);
}

static void *allocate(struct nc_gpu *gpu, long long bytes)
{
    struct opencl *o = of(gpu);
    const uint32_t zero = 0;
    int32_t status;
    void *memory = cl.clCreateBuffer(o->context, CL_MEM_READ_WRITE, (size_t)bytes, NULL, &status);
    if (status != CL_SUCCESS)
        return NULL;
    hold(o, memory, 0);
    if (cl.clEnqueueFillBuffer(o->queue, memory, &zero, sizeof zero, 0, (size_t)bytes, 0, NULL, NULL) != CL_SUCCESS)
        return NULL;
    return memory;
}

static void *host(struct nc_gpu *gpu, long long bytes)
{
    void *memory = nc_memory(gpu->run, bytes, 1, "the device");
    hold(of(gpu), memory, 1);
    return memory;
}

/* A step begins with a copy: what was asked for before it is begun with. */
static void upload(struct nc_gpu *gpu, const struct nc_gpu_place *to, const void *from, long long bytes)
{
    void *queue = of(gpu)->queue;
    check(gpu, cl.clEnqueueWriteBuffer(queue, to->block, 0, (size_t)to->offset, (size_t)bytes, from, 0, NULL, NULL),
          "clEnqueueWriteBuffer");
    check(gpu, cl.clFlush(queue), "clFlush");
    gpu->counts.there++;
}

static void download(struct nc_gpu *gpu, const struct nc_gpu_place *from, void *to, long long bytes)
{
    check(gpu, cl.clEnqueueReadBuffer(of(gpu)->queue, from->block, 0, (size_t)from->offset, (size_t)bytes, to, 0, NULL,
                                      NULL), "clEnqueueReadBuffer");
    gpu->counts.back++;
}

static void finish(struct nc_gpu *gpu)
{
    check(gpu, cl.clFinish(of(gpu)->queue), "clFinish");
    gpu->counts.waits++;
}

static int build(struct nc_gpu *gpu, const char *text, char *why)
{
    struct opencl *o = of(gpu);
    int32_t status;
    o->program = cl.clCreateProgramWithSource(o->context, 1, &text, NULL, &status);
    check(gpu, status, "clCreateProgramWithSource");
    status = cl.clBuildProgram(o->program, 1, &o->device, "-cl-std=CL1.2", NULL, NULL);
    if (status == CL_SUCCESS)
        return 1;
    size_t length = 0;
    cl.clGetProgramBuildInfo(o->program, o->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &length);
    char *log = nc_memory(gpu->run, (long long)length + 1, 1, "the compiler's words");
    cl.clGetProgramBuildInfo(o->program, o->device, CL_PROGRAM_BUILD_LOG, length, log, NULL);
    snprintf(why, NC_GPU_WHY, "%s", log);
    free(log);
    return 0;
}

/* The block itself, or what of it begins at the place: kernels take what they work on from its beginning. */
static void *part_of(struct opencl *o, const struct nc_gpu_place *place)
{
    int32_t status;
    if (place->offset == 0)
        return place->block;
    const struct cl_buffer_region region = {(size_t)place->offset, (size_t)place->bytes};
    void *part = cl.clCreateSubBuffer(place->block, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    check(&o->base, status, "clCreateSubBuffer");
    hold(o, part, 0);
    return part;
}

static void *bind(struct nc_gpu *gpu, const char *kernel, int group, const struct nc_gpu_place *operands, int count)
{
    struct opencl *o = of(gpu);
    int32_t status;
    struct bound *bound = nc_memory(gpu->run, 1, sizeof *bound, "the device");
    *bound = (struct bound){cl.clCreateKernel(o->program, kernel, &status), count, group, -1, o->bound};
    check(gpu, status, "clCreateKernel");
    o->bound = bound;
    for (int i = 0; i < count; i++) {
        void *part = part_of(o, &operands[i]);
        check(gpu, cl.clSetKernelArg(bound->kernel, (uint32_t)i, sizeof part, &part), "clSetKernelArg");
    }
    return bound;
}

static void launch(struct nc_gpu *gpu, void *ready, long long groups, int samples)
{
    struct bound *bound = ready;
    const int32_t count = samples;
    const size_t group = (size_t)bound->group, items = (size_t)groups * group;
    if (samples != bound->samples)
        check(gpu, cl.clSetKernelArg(bound->kernel, (uint32_t)bound->count, sizeof count, &count), "clSetKernelArg");
    bound->samples = samples;
    check(gpu, cl.clEnqueueNDRangeKernel(of(gpu)->queue, bound->kernel, 1, NULL, &items, &group, 0, NULL, NULL),
          "clEnqueueNDRangeKernel");
    gpu->counts.launches++;
}

/* OpenCL 1.2 has no recordings: its queue is filled ahead. */
static int record(struct nc_gpu *gpu)
{
    (void)gpu;
    return 0;
}

const struct nc_gpu_kind nc_gpu_opencl = {
    .name = "opencl", .open = open_device, .close = close_device, .allocate = allocate, .host = host, .upload = upload,
    .download = download, .finish = finish, .build = build, .bind = bind, .launch = launch, .record = record,
};
