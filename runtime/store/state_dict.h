/* state_dict.h: what a pickle written by torch.save says of tensors, without their elements. */
#ifndef NC_STORE_STATE_DICT_H
#define NC_STORE_STATE_DICT_H

#include <stdbool.h>

#include "pickle.h"

enum { NC_TENSOR_RANK = 16 };

/* One of torch's element types. */
struct nc_dtype {
    const char *storage;                               /* the class that pickles name: "FloatStorage" */
    const char *name;                                  /* in safetensors: "F32" */
    int size;                                          /* bytes of an element */
    float (*to_float)(const unsigned char *element);   /* little-endian, not aligned; rounds to nearest even */
};

/* A storage: the elements behind one or several tensors. */
struct nc_storage {
    const struct nc_dtype *dtype;
    const struct nc_pickle_value *key; /* text: the record data/KEY of a zip file */
    long long count;                   /* elements in the file's record */
    long long begin;                   /* the first element that counts (views in old files), else 0 */
};

/* A tensor: element (i, j, ...) is number offset + i * stride[0] + j * stride[1] + ... of the storage. */
struct nc_tensor {
    struct nc_storage storage;
    long long offset;
    int rank;
    long long shape[NC_TENSOR_RANK], stride[NC_TENSOR_RANK];
};

/* Reads a storage out of its persistent id ('storage', class, key, location, count[, view]). False: it is none. */
bool nc_storage_read(const struct nc_pickle_value *persistent, struct nc_storage *storage);

/* Reads a tensor, or a Parameter around one, and holds its shape, offset and strides against the storage's size.
 * NULL on success; else what is wrong with it. */
const char *nc_tensor_read(const struct nc_pickle_value *value, struct nc_tensor *tensor);

/* Elements of a tensor. */
long long nc_tensor_elements(const struct nc_tensor *tensor);

/* The elements in the order of their indices, the last one fastest, as floats: where they lie, if they lie so, or in
 * `space`, which is large enough. `storage` is the whole record. */
const float *nc_tensor_floats(const struct nc_tensor *tensor, const unsigned char *storage, float *space);

/* The one element of a tensor without dimensions, as a whole number. */
long long nc_tensor_to_integer(const struct nc_tensor *tensor, const unsigned char *storage);

/* By its name in safetensors; NULL: there is none. */
const struct nc_dtype *nc_dtype_find(const char *name);

#endif
