/* The files of parameters that torchvision has for the models of the library, as it names them. netc fetches none: it
 * tells of them where a program asks for them by torchvision's words. tests/parity/models.py holds the names to
 * torchvision's. */
#include <string.h>

#include "model/build.h"

#define WEIGHTS_FROM "https://download.pytorch.org/models/"

/* Not those that torchvision changes as it loads them: densenet121's, whose names are of an older version, and
 * googlenet's, which are of more layers. torch.save writes of its models what netc reads. Of a model with several, that
 * which torchvision calls DEFAULT stands last. */
static const struct {
    const char *model, *name, *file;
} published[] = {
    {"alexnet", "IMAGENET1K_V1", "alexnet-owt-7be5be79.pth"},
    {"vgg11", "IMAGENET1K_V1", "vgg11-8a719046.pth"},
    {"vgg11_bn", "IMAGENET1K_V1", "vgg11_bn-6002323d.pth"},
    {"vgg13", "IMAGENET1K_V1", "vgg13-19584684.pth"},
    {"vgg13_bn", "IMAGENET1K_V1", "vgg13_bn-abd245e5.pth"},
    {"vgg16", "IMAGENET1K_FEATURES", "vgg16_features-amdegroot-88682ab5.pth"},
    {"vgg16", "IMAGENET1K_V1", "vgg16-397923af.pth"},
    {"vgg16_bn", "IMAGENET1K_V1", "vgg16_bn-6c64b313.pth"},
    {"vgg19", "IMAGENET1K_V1", "vgg19-dcbb9e9d.pth"},
    {"vgg19_bn", "IMAGENET1K_V1", "vgg19_bn-c79401a0.pth"},
    {"resnet18", "IMAGENET1K_V1", "resnet18-f37072fd.pth"},
    {"resnet34", "IMAGENET1K_V1", "resnet34-b627a593.pth"},
    {"resnet50", "IMAGENET1K_V1", "resnet50-0676ba61.pth"},
    {"resnet50", "IMAGENET1K_V2", "resnet50-11ad3fa6.pth"},
    {"resnet101", "IMAGENET1K_V1", "resnet101-63fe2227.pth"},
    {"resnet101", "IMAGENET1K_V2", "resnet101-cd907fc2.pth"},
    {"mobilenet_v2", "IMAGENET1K_V1", "mobilenet_v2-b0353104.pth"},
    {"mobilenet_v2", "IMAGENET1K_V2", "mobilenet_v2-7ebf99e0.pth"},
    {"squeezenet1_1", "IMAGENET1K_V1", "squeezenet1_1-b8a52dc0.pth"},
    {"efficientnet_b0", "IMAGENET1K_V1", "efficientnet_b0_rwightman-7f5810bc.pth"},
};

/* The file of a model's weights with a name. NULL: there is none, and `others` names those that the model has, if it
 * has any. */
static const char *find_file(const char *model, const char *name, Text *others)
{
    const char *last = NULL;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        if (strcmp(published[i].model, model) != 0)
            continue;
        if (strcmp(published[i].name, name) == 0)
            return published[i].file;
        text_printf(others, "%s%s", last ? ", " : "", published[i].name);
        last = published[i].file;
    }
    return strcmp(name, "DEFAULT") == 0 ? last : NULL;
}

/* What torchvision calls the weights that an argument asks for; NULL: it asks for none, or for a file. */
static const char *name_of(const Syntax *argument)
{
    const Syntax *value = argument->value;
    bool weights = strcmp(argument->name, "weights") == 0;
    if (value->kind == SYNTAX_TRUE && (weights || strcmp(argument->name, "pretrained") == 0))
        return "DEFAULT";
    if (weights && value->kind == SYNTAX_STRING &&
        (strcmp(value->name, "DEFAULT") == 0 || strncmp(value->name, "IMAGENET1K_", 11) == 0))
        return value->name;
    const char *class = weights && (value->kind == SYNTAX_NAME || value->kind == SYNTAX_STRING)
                            ? strstr(value->name, "_Weights.") : NULL;
    return class ? class + strlen("_Weights.") : NULL;
}

bool report_weights(Build *build, const char *model, const Syntax *argument)
{
    const char *name = argument->name ? name_of(argument) : NULL;
    Text others = text_new(build->arena);
    const char *file = name ? find_file(model, name, &others) : NULL;
    if (name && !file && others.length)
        diag_error(build->diag, argument->span, "torchvision has no weights '%s' for %s, but %s", name, model,
                   others.bytes);
    else if (file)
        diag_error(build->diag, argument->span, "weights are a file, which torchvision fetches and netc does not: "
                   "weights=\"%s\", when 'curl -O " WEIGHTS_FROM "%s' has fetched it", file, file);
    else if (name)
        diag_error(build->diag, argument->span, "weights are a file, which torchvision fetches and netc does not: "
                   "weights=\"%s.pth\", when torch.save has written it", model);
    else if (argument->name && strcmp(argument->name, "pretrained") == 0)
        diag_error(build->diag, argument->span, "'pretrained' is left out where nothing is loaded; else it is "
                   "weights=\"FILE.pth\"");
    else if (argument->name && strcmp(argument->name, "progress") == 0)
        diag_error(build->diag, argument->span, "'progress' is left out: netc fetches no weights");
    else
        return false;
    return true;
}
