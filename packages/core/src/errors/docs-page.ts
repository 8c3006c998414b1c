/** Where the project lives: `homepage` of the package, without its anchor. */
const site = 'https://github.com/tapewire/tapewire'

/** The address of a page of the documentation: `errors.md#err_closed`. */
export function docsPage(page: string): string {
  return `${site}/blob/main/docs/${page}`
}
