/** Made from schemas/kubernetes/cert-manager.io/certificate_v1.json by `npm run schemas`; do not edit. */

export interface Certificate {
  readonly apiVersion: 'cert-manager.io/v1';
  readonly kind: 'Certificate';
  readonly metadata: Metadata;
  readonly spec?: CertificateSpec;
}

export interface AdditionalOutputFormat {
  readonly type: 'DER' | 'CombinedPEM';
}

export interface CertificateSpec {
  readonly additionalOutputFormats?: readonly AdditionalOutputFormat[];
  readonly commonName?: string;
  readonly dnsNames?: readonly string[];
  readonly duration?: string;
  readonly emailAddresses?: readonly string[];
  readonly encodeUsagesInRequest?: boolean;
  readonly ipAddresses?: readonly string[];
  readonly isCA?: boolean;
  readonly issuerRef: IssuerRef;
  readonly keystores?: Keystores;
  readonly literalSubject?: string;
  readonly nameConstraints?: NameConstraints;
  readonly otherNames?: readonly OtherName[];
  readonly privateKey?: PrivateKey;
  readonly renewBefore?: string;
  readonly renewBeforePercentage?: number;
  readonly revisionHistoryLimit?: number;
  readonly secretName: string;
  readonly secretTemplate?: SecretTemplate;
  readonly signatureAlgorithm?: 'SHA256WithRSA' | 'SHA384WithRSA' | 'SHA512WithRSA' | 'ECDSAWithSHA256' | 'ECDSAWithSHA384' | 'ECDSAWithSHA512' | 'PureEd25519';
  readonly subject?: Subject;
  readonly uris?: readonly string[];
  readonly usages?: readonly ('signing' | 'digital signature' | 'content commitment' | 'key encipherment' | 'key agreement' | 'data encipherment' | 'cert sign' | 'crl sign' | 'encipher only' | 'decipher only' | 'any' | 'server auth' | 'client auth' | 'code signing' | 'email protection' | 's/mime' | 'ipsec end system' | 'ipsec tunnel' | 'ipsec user' | 'timestamping' | 'ocsp signing' | 'microsoft sgc' | 'netscape sgc')[];
}

export interface Excluded {
  readonly dnsDomains?: readonly string[];
  readonly emailAddresses?: readonly string[];
  readonly ipRanges?: readonly string[];
  readonly uriDomains?: readonly string[];
}

export interface IssuerRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
}

export interface Jks {
  readonly alias?: string;
  readonly create: boolean;
  readonly password?: string;
  readonly passwordSecretRef?: PasswordSecretRef;
}

export interface Keystores {
  readonly jks?: Jks;
  readonly pkcs12?: Pkcs12;
}

export interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly name: string;
  readonly namespace?: string;
}

export interface NameConstraints {
  readonly critical?: boolean;
  readonly excluded?: Excluded;
  readonly permitted?: Excluded;
}

export interface OtherName {
  readonly oid?: string;
  readonly utf8Value?: string;
}

export interface PasswordSecretRef {
  readonly key?: string;
  readonly name: string;
}

export interface Pkcs12 {
  readonly create: boolean;
  readonly password?: string;
  readonly passwordSecretRef?: PasswordSecretRef;
  readonly profile?: 'LegacyRC2' | 'LegacyDES' | 'Modern2023';
}

export interface PrivateKey {
  readonly algorithm?: 'RSA' | 'ECDSA' | 'Ed25519';
  readonly encoding?: 'PKCS1' | 'PKCS8';
  readonly rotationPolicy?: 'Never' | 'Always';
  readonly size?: number;
}

export interface SecretTemplate {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Subject {
  readonly countries?: readonly string[];
  readonly localities?: readonly string[];
  readonly organizationalUnits?: readonly string[];
  readonly organizations?: readonly string[];
  readonly postalCodes?: readonly string[];
  readonly provinces?: readonly string[];
  readonly serialNumber?: string;
  readonly streetAddresses?: readonly string[];
}
