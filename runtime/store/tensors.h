/* tensors.h: the tensors in a file by their names, whatever the file's form: what torch.save writes of a state_dict or
 * of a whole model, since 1.6 or before; and safetensors. */
#ifndef NC_STORE_TENSORS_H
#define NC_STORE_TENSORS_H

#include "archive.h"

/* A tensor as the file has it. */
struct nc_named {
    char *name;                 /* as a state_dict names it: "features.0.weight" */
    struct nc_tensor tensor;
    const char *wrong;          /* why it can't be read; NULL: it can */
    char *calls;                /* what `wrong` is where it names what the file would call; or NULL */
    const unsigned char *bytes; /* its storage, where no archive has to be asked for it */
};

struct nc_tensors {
    struct nc_run *run;
    const char *path;
    struct nc_archive *archive; /* of torch.save; NULL: it is a safetensors file, */
    unsigned char *map;         /* which is mapped */
    size_t map_size;
    struct nc_named *at;
    int count, capacity;
    const char *place; /* where the file keeps them: "under \"state_dict\"", "a whole model, Tudui"; NULL: plainly */
};

/* Opens the file and lists what is in it; ends the program when that can't be done. */
struct nc_tensors *nc_tensors_open(struct nc_run *run, const char *path);
void nc_tensors_close(struct nc_tensors *w);

/* The storage of tensor number i; valid until the next call. Ends the program where it is missing or cut short. */
const unsigned char *nc_tensors_storage(struct nc_tensors *w, int i);

/* Gives back the memory of so many bytes of such a storage, which stays valid. */
void nc_tensors_forget(struct nc_tensors *w, const unsigned char *bytes, size_t size);

/* A record beside the tensors ("netc/classes"), in memory that the caller frees; NULL if none. */
void *nc_tensors_record(struct nc_tensors *w, const char *name, long long *bytes);

/* Adds a tensor called prefix + name. */
struct nc_named *nc_tensors_add(struct nc_tensors *w, const char *prefix, const void *name, size_t length);

/* Reads its tensor, or says in named->wrong why that can't be. */
void nc_tensors_read(struct nc_tensors *w, struct nc_named *named, const struct nc_pickle_value *value);

/* What a pickle would call or import for a value, and no reader of it does, for people: "posix.system". NULL: the value
 * is of another kind. Lives until the next call. */
const char *nc_called_name(const struct nc_pickle_value *value);

/* Whether the file's name says that it is safetensors. */
bool nc_is_safetensors(const char *path);

/* Whether the bytes begin as a safetensors file does. Lists what is in the file at w->map; ends the program when it is
 * damaged. (safetensors.c) */
bool nc_safetensors_begins(const unsigned char *bytes, size_t size);
void nc_safetensors_list(struct nc_tensors *w);
void *nc_safetensors_record(struct nc_tensors *w, const char *name, long long *bytes);

/* What each such file of netc's begins with, behind its length. And the record of `bytes` bytes that stands there, if
 * it has this name, found without the library that reads the rest; else zeros. */
#define NC_SAFETENSORS_BEGINNING "{\"__metadata__\":{\"format\":\"pt\""
void nc_safetensors_first_record(const struct nc_run *run, const unsigned char *file, size_t size, const char *name,
                                 unsigned char *to, size_t bytes);

/* Whether a pickled value is an nn.Module. Lists its parameters and buffers, as its state_dict() would, by the paths of
 * its children; nothing of it is executed. Ends the program where it is damaged. (modules.c) */
bool nc_is_module(const struct nc_pickle_value *value);
void nc_modules_list(struct nc_tensors *w, const struct nc_pickle_value *module);

/* The attributes of an object, a dict; NULL: it has none. One of the dicts among them ("_modules"); NULL: it is not
 * there. */
const struct nc_pickle_value *nc_module_attributes(const struct nc_pickle_value *value);
const struct nc_pickle_value *nc_module_part(const struct nc_pickle_value *module, const char *name);

/* The class of a module, for people: "torchvision.models.vgg.VGG". Lives until the next call. */
const char *nc_module_class(const struct nc_pickle_value *module);

#endif
