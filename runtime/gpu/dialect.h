/* What CUDA C and OpenCL C call differently. Kernels are written in these words. */
#ifndef NETC_DIALECT_H
#define NETC_DIALECT_H

#ifdef __OPENCL_VERSION__
#define KERNEL __kernel void
#define GLOBAL __global
#define SHARED __local
#define SHARED_AT __local
#define CONSTANT __constant
#define FUNCTION static
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define group_id() ((int)get_group_id(0))
#define local_id() ((int)get_local_id(0))
#define global_id() ((int)get_global_id(0))
typedef long whole;
#else
#define KERNEL extern "C" __global__ void
#define GLOBAL
#define SHARED __shared__
#define SHARED_AT
#define CONSTANT __constant__ const
#define FUNCTION static __device__
#define BARRIER __syncthreads()
#define restrict __restrict__
#define group_id() ((int)blockIdx.x)
#define local_id() ((int)threadIdx.x)
#define global_id() ((int)(blockIdx.x * blockDim.x + threadIdx.x))
#ifndef INFINITY /* NVRTC knows no math.h */
#define INFINITY __int_as_float(0x7f800000)
#endif
typedef unsigned char uchar;
typedef long long whole;
#endif

#endif
