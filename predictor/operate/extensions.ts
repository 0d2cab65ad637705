/** Which extensions of the protocol this server says that it has. */

/** Extensions of the protocol that are served here, by the names that Triton gives them. */
const extensions = [
  'binary_tensor_data',
  'classification',
  'model_configuration',
  'model_repository',
  'parameters',
  'schedule_policy',
  'statistics',
];

/** Log settings are served where there is administration. */
export function extensionsOf(administered: boolean): readonly string[] {
  return administered ? [...extensions, 'logging'] : extensions;
}
