/* Roles: what a value is to the operation or the kernel that reads or makes it. The same words name inputs and outputs
 * of operations (graph/ops), operands of kernels, and the parameters of the C functions that are printed. */
#ifndef NETC_GRAPH_ROLE_H
#define NETC_GRAPH_ROLE_H

/*  R(ROLE, "name")  the value it stands for */
#define ROLES(R) \
    R(NONE, "")           /* of no value: what ends a list of roles */ \
    R(X, "x")             /* what goes in */ \
    R(W, "w")             /* a weight: of a convolution, a linear layer, a table, a norm, a slope */ \
    R(BIAS, "bias")       /* what is added at the end */ \
    R(BEFORE, "before")   /* the bias of the layer in front of a norm */ \
    R(A, "a")             /* the left side of a sum or a product */ \
    R(B, "b")             /* its right side */ \
    R(C, "c")             /* what stands behind it in a row of more */ \
    R(D, "d")             /* and behind that */ \
    R(T, "t")             /* the target */ \
    R(V, "v")             /* what an activation's slope is computed from: its x or its y */ \
    R(MOMENTS, "moments") /* sums of each channel of a sample */ \
    R(MEAN, "mean")       /* the running mean */ \
    R(VAR, "var")         /* the running variance */ \
    R(COUNT, "count")     /* how many batches these are of */ \
    R(STATS, "stats")     /* mean, 1 / deviation, factor and summand of each channel */ \
    R(KEPT, "kept")       /* mean and variance of each channel over the samples, to be kept for evaluation */ \
    R(SUMS, "sums")       /* of each channel, what a norm's gradients sum up */ \
    R(DSTATS, "dstats")   /* the gradient through a norm's statistics, as factor and summand */ \
    R(DY, "dy")           /* the gradient of y */ \
    R(Y, "y")             /* what comes out */ \
    R(ARG, "arg")         /* which element of a window was the largest */ \
    R(MASK, "mask")       /* which elements dropout keeps */ \
    R(FACTORS, "factors") /* what dropout multiplies each channel by */ \
    R(LOSS, "loss") \
    R(DX, "dx")           /* the gradient of x */ \
    R(DW, "dw")           /* the gradient of w */ \
    R(DB, "db")           /* the gradient of the bias */ \
    R(SCRATCH, "scratch") /* memory that a kernel works in */

typedef enum Role {
#define ENTER_ROLE(ROLE, name) ROLE_##ROLE,
    ROLES(ENTER_ROLE)
#undef ENTER_ROLE
    ROLE_END
} Role;

/* "x" */
const char *role_name(Role role);

#endif
