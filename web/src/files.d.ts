// Styles are taken in by what builds the pages.
declare module "*.css"
