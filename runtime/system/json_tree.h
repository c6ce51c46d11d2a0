/* json_tree.h: JSON that is read, as cJSON's tree, whose functions are loaded when they are first wanted. Items may be
 * asked that are missing, or of another type: then nothing is there. */
#ifndef NC_JSON_TREE_H
#define NC_JSON_TREE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether the library is there; or false, with a sentence in error[capacity]. To be asked first. */
bool nc_json_loads(char *error, size_t capacity);

/* NULL: the text is no JSON, or there is no memory. */
cJSON *nc_json_parse(const char *text, size_t size);
void nc_json_free(cJSON *tree);

bool nc_json_is(const cJSON *item, int type);

/* What an object has under a name; NULL: nothing. */
const cJSON *nc_json_member(const cJSON *object, const char *name);

/* The same as a text, NULL where it is none; and as a number, or `otherwise`. */
const char *nc_json_string(const cJSON *object, const char *name);
double nc_json_number(const cJSON *object, const char *name, double otherwise);

/* A whole number from 0 on that a double holds. */
bool nc_json_count(const cJSON *item, long long *count);

#endif
