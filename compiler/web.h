/* Web: a trained model as one page for the browser, which needs no server (docs/deploy.md).
 *
 *     netc build FILE.net --web DIR [--load W]
 *
 * The library of the model (library.h) compiled to WebAssembly by clang and wasm-ld, its parameters, and a script that
 * takes pictures or numbers through it, in one file: DIR/index.html. */
#ifndef NETC_WEB_H
#define NETC_WEB_H

#include "driver.h"
#include "options.h"

/* False after saying on stderr what went wrong. */
bool web_build(const Compilation *c, const Options *options);

#endif
