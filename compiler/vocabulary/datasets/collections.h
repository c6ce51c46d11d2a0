/* What torchvision's collections of pictures have in common: where they are, which part, and what is not supported. */
#ifndef NETC_VOCABULARY_DATASETS_COLLECTIONS_H
#define NETC_VOCABULARY_DATASETS_COLLECTIONS_H

/* Arguments of any collection but those that have some of their own between these. */
#define ROOT_AND_TRAIN {"root", ARG_STRING, NULL, NULL}, {"train", ARG_BOOL, "True", NULL}

/* The arguments behind root and train, of the collection `name`; those of most end with DOWNLOAD. */
#define TRANSFORMS(name) \
    {"transform", ARG_STRING, "None", name " has its transforms in braces behind it: " name "(...) { ToTensor() }"}, \
    {"target_transform", ARG_STRING, "None", name " gives its labels as they are: target_transform is not supported"}
#define DOWNLOAD {"download", ARG_CALL, "False", NULL}
#define COLLECTION_PARAMS(name) TRANSFORMS(name), DOWNLOAD

#endif
