/* opencl_api.h: what opencl.c uses of OpenCL 1.2, whose interface is fixed. So building netc needs no header of it. */
#ifndef NETC_RUNTIME_OPENCL_API_H
#define NETC_RUNTIME_OPENCL_API_H

#include <stddef.h>
#include <stdint.h>

enum {
    CL_SUCCESS = 0,
    CL_DEVICE_TYPE_CPU = 1 << 1,
    CL_DEVICE_TYPE_GPU = 1 << 2,
    CL_DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010,
    CL_DEVICE_GLOBAL_MEM_SIZE = 0x101F,
    CL_DEVICE_TYPE = 0x1000,
    CL_DEVICE_NAME = 0x102B,
    CL_MEM_READ_WRITE = 1,
    CL_BUFFER_CREATE_TYPE_REGION = 0x1220,
    CL_PROGRAM_BUILD_LOG = 0x1183,
};

static const uint64_t CL_DEVICE_TYPE_ALL = 0xFFFFFFFF;

struct cl_buffer_region {
    size_t origin, size;
};

int32_t clGetPlatformIDs(uint32_t room, void **platforms, uint32_t *count);
int32_t clGetDeviceIDs(void *platform, uint64_t type, uint32_t room, void **devices, uint32_t *count);
int32_t clGetDeviceInfo(void *device, uint32_t what, size_t size, void *to, size_t *needed);
void *clCreateContext(const intptr_t *properties, uint32_t count, void *const *devices,
                      void (*notify)(const char *, const void *, size_t, void *), void *context, int32_t *error);
void *clCreateCommandQueue(void *context, void *device, uint64_t properties, int32_t *error);
void *clCreateBuffer(void *context, uint64_t flags, size_t size, void *host, int32_t *error);
void *clCreateSubBuffer(void *buffer, uint64_t flags, uint32_t type, const void *region, int32_t *error);
void *clCreateProgramWithSource(void *context, uint32_t count, const char **texts, const size_t *lengths,
                                int32_t *error);
int32_t clBuildProgram(void *program, uint32_t count, void *const *devices, const char *options,
                       void (*notify)(void *, void *), void *context);
int32_t clGetProgramBuildInfo(void *program, void *device, uint32_t what, size_t size, void *to, size_t *needed);
void *clCreateKernel(void *program, const char *name, int32_t *error);
int32_t clSetKernelArg(void *kernel, uint32_t index, size_t size, const void *value);
int32_t clEnqueueNDRangeKernel(void *queue, void *kernel, uint32_t axes, const size_t *offset, const size_t *items,
                               const size_t *group, uint32_t wait_count, void *const *wait, void **event);
int32_t clEnqueueWriteBuffer(void *queue, void *buffer, uint32_t blocking, size_t at, size_t bytes, const void *from,
                             uint32_t wait_count, void *const *wait, void **event);
int32_t clEnqueueReadBuffer(void *queue, void *buffer, uint32_t blocking, size_t at, size_t bytes, void *to,
                            uint32_t wait_count, void *const *wait, void **event);
int32_t clEnqueueFillBuffer(void *queue, void *buffer, const void *pattern, size_t pattern_bytes, size_t at,
                            size_t bytes, uint32_t wait_count, void *const *wait, void **event);
int32_t clFinish(void *queue);
int32_t clFlush(void *queue);
int32_t clReleaseMemObject(void *memory);
int32_t clReleaseKernel(void *kernel);
int32_t clReleaseProgram(void *program);
int32_t clReleaseCommandQueue(void *queue);
int32_t clReleaseContext(void *context);

#endif
