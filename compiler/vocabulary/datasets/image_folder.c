/* torchvision.datasets.ImageFolder */
#include <string.h>

#include "vocabulary/datasets/images.h"

enum { ROOT, ALLOW_EMPTY = 5, ON_ERROR, CACHE };

static const Param params[] = {
    {"root", ARG_STRING, NULL, NULL},
    {"transform", ARG_STRING, "None",
     "ImageFolder has its transforms in braces behind it: ImageFolder(...) { Resize((224, 224)), ToTensor() }"},
    {"target_transform", ARG_STRING, "None",
     "ImageFolder gives its labels as they are: target_transform is not supported"},
    {"loader", ARG_STRING, "None",
     "ImageFolder reads pictures as torchvision's loader does: no other one is supported"},
    {"is_valid_file", ARG_STRING, "None", "ImageFolder takes files by their endings: is_valid_file is not supported"},
    {"allow_empty", ARG_BOOL, "False", NULL},
    {"on_error", ARG_STRING, "\"raise\"", NULL}, /* or "skip": pictures that can't be read are left out */
    {"cache", ARG_STRING, "None", NULL},         /* "memory", "disk", "none"; None: in memory where it is not much */
    {0},
};


bool images_check(Diag *diag, const char *name, const Arg *on_error, const Arg *cache)
{
    bool good = on_error->none || !strcmp(on_error->s, "raise") || !strcmp(on_error->s, "skip");
    if (!good)
        diag_error(diag, on_error->span, "%s expects on_error to be \"raise\" or \"skip\" but gets \"%s\"", name,
                   on_error->s);
    if (cache->none || !strcmp(cache->s, "memory") || !strcmp(cache->s, "disk") || !strcmp(cache->s, "none"))
        return good;
    diag_error(diag, cache->span, "%s expects cache to be \"memory\", \"disk\" or \"none\" but gets \"%s\"", name,
               cache->s);
    return false;
}

void images_shape(Shape *sample, int *classes)
{
    *sample = shape_of(3, (int64_t[]){3, EXTENT_UNKNOWN, EXTENT_UNKNOWN});
    *classes = CLASSES_UNKNOWN;
}

static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena;
    images_shape(sample, classes);
    return images_check(diag, "ImageFolder", &args->at[ON_ERROR], &args->at[CACHE]);
}

const DatasetKind dataset_image_folder = {
    "ImageFolder", "pictures in folders, a folder a class", params, describe, "nc_image_folder", true,
    .help = {.shape = "3,height,width of each picture and the number of its folder",
             .example = "data photos = ImageFolder(\"photos/train\") { ToTensor() }",
             .differs = "on_error=\"skip\" leaves out pictures that can't be read; cache=\"memory\" or \"disk\" "
                        "keeps decoded pictures, \"none\" does not, None keeps them where they take a quarter of "
                        "the memory at most"}};
