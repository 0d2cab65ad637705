/** Every address of this server. The rooms are protocols: V2 with its extensions, V1, MLflow, and the description. */
import type { Route } from './call.ts';
import { descriptionRoutes } from './description.ts';
import { extensionRoutes } from './extensions.ts';
import { mlflowRoutes } from './mlflow.ts';
import { v1Routes } from './v1.ts';
import { v2Routes } from './v2.ts';

export const routes: readonly Route[] = [
  ...v2Routes,
  ...extensionRoutes,
  ...v1Routes,
  ...mlflowRoutes,
  ...descriptionRoutes,
];
