/* cuda_api.h: what cuda.c uses of CUDA's driver interface and of NVRTC, whose functions keep their form. So building
 * netc needs no header of CUDA. */
#ifndef NETC_RUNTIME_CUDA_API_H
#define NETC_RUNTIME_CUDA_API_H

#include <stddef.h>
#include <stdint.h>

enum {
    CUDA_SUCCESS = 0,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75,
    CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76,
};

int cuInit(unsigned flags);
int cuDeviceGetCount(int *count);
int cuDeviceGet(int *device, int number);
int cuDeviceGetName(char *name, int size, int device);
int cuDeviceTotalMem_v2(size_t *bytes, int device);
int cuDeviceGetAttribute(int *value, int attribute, int device);
int cuDevicePrimaryCtxRetain(void **context, int device);
int cuDevicePrimaryCtxRelease_v2(int device);
int cuCtxSetCurrent(void *context);
int cuCtxSynchronize(void);
int cuMemAlloc_v2(uint64_t *address, size_t bytes);
int cuMemFree_v2(uint64_t address);
int cuMemsetD32_v2(uint64_t address, unsigned value, size_t count);
int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes);
int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes);
int cuModuleLoadData(void **module, const void *image);
int cuModuleUnload(void *module);
int cuModuleGetFunction(void **function, void *module, const char *name);
int cuLaunchKernel(void *function, unsigned groups_x, unsigned groups_y, unsigned groups_z, unsigned group_x,
                   unsigned group_y, unsigned group_z, unsigned shared_bytes, void *stream, void **arguments,
                   void **extra);
int cuGetErrorString(int error, const char **text);

int nvrtcCreateProgram(void **program, const char *text, const char *name, int headers, const char *const *texts,
                       const char *const *names);
int nvrtcCompileProgram(void *program, int count, const char *const *options);
int nvrtcGetPTXSize(void *program, size_t *size);
int nvrtcGetPTX(void *program, char *ptx);
int nvrtcGetProgramLogSize(void *program, size_t *size);
int nvrtcGetProgramLog(void *program, char *log);
int nvrtcDestroyProgram(void **program);

#endif
